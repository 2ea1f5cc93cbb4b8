"""The few error classes. Bad data is a value (`submission.Finding`); these are for what stops a run."""


class LianxiError(Exception):
    """Base of every error this project raises on purpose. Its text is plain Chinese and says what to do."""


class InputError(LianxiError):
    """The user's input cannot be used (a document without a register, an unknown period): exit code 2."""


class PipelineError(LianxiError):
    """The pipeline is broken (database gone, disk full): exit code 1; the next pass finishes the work."""


class ShareUnreachableError(PipelineError):
    """The shared folder cannot be listed, read or written. It has an alarm of its own."""


class RetryableError(PipelineError):
    """A passing fault (busy database, file in use): worth another try as it is."""
