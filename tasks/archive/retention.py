"""What is kept in data/ when a person's data is erased, and why; what is removed.

Official records and what was made for them are kept as long as the rules on official archives say.
"""

from __future__ import annotations

from collections.abc import Mapping

ERASED_FOLDERS = ("outbox",)
"""Folders of mails that a dry run wrote: copies of what the ledger holds."""
RECORDS: Mapping[str, str] = {
    "originals": "收到的原件：报送凭证，按档案保管期限保存",
    "returned": "退回和回执的副本：办理记录，按档案保管期限保存",
    "briefs": "简报：已印发的公文",
    "supervision": "督办单：已印发的公文",
    "register": "方案登记草稿",
}
"""Folders that stay unchanged, with the reason."""
OTHER_FOLDERS: Mapping[str, str] = {
    "aside": "恢复备份前的旧内容，确认不再需要后删除",
    "logs": "运行日志",
    "quality": "检查统计",
    "inbox": "登记方案用的文件",
}
"""Folders that a person must look through, with what they hold."""
