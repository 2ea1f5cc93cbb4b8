"""Files that an office's encryption product has turned into ciphertext: known signatures, and what looks like it.

Belongs here: telling ciphertext from other files by their first bytes. A password set in the spreadsheet program is told by
`detect_format`. A new product is a line in the table.
"""

from __future__ import annotations

import math
from collections import Counter

# How a file of the product begins, or what stands within its first bytes; the product where it is known.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"b\x14#e", "亿赛通"),
    (b"%TSD-Header-###%", ""),
    (b"\x9b DRMONE", "Fasoo"),
    (b"SCDSA0", "SoftCamp"),
    (b"<DOCUMENT SAFER", "MarkAny"),
    (b"NASCA DRM FILE", "NASCA"),
    (b".pfile", "微软权限管理"),
)
_WITHIN: tuple[tuple[bytes, str], ...] = (
    (b"E-SafeNet", "亿赛通"),
    (b"FasooSecureContainer", "Fasoo"),
    (b"MarkAny", "MarkAny"),
)
_HEAD = 1024
# Bits a byte: random bytes have nearly 8, tables of binary programs 3 to 6.
_SAMPLE, _LEAST, _RANDOM = 4096, 512, 7.3


def cipher_of(content: bytes) -> str | None:
    """Who encrypted a file, in words that fit before 加密; None for a file without a known signature."""
    head = content[:_HEAD]
    names = (
        *(name for signature, name in _BEGINNINGS if head.startswith(signature)),
        *(name for signature, name in _WITHIN if signature in head),
    )
    return next((f"被加密软件（{name}）" if name else "被加密软件" for name in names), None)


def looks_encrypted(content: bytes) -> str | None:
    """The same for a file of no known format: by how evenly its bytes are spread."""
    sample = content[:_SAMPLE]
    if len(sample) < _LEAST:
        return None
    counts = Counter(sample).values()
    bits = -sum(count / len(sample) * math.log2(count / len(sample)) for count in counts)
    return "像是被加密软件" if bits > _RANDOM else None
