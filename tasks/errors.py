"""The few error classes. Bad data is a value (`shapes.Finding`); these are for what stops a run."""


class LianxiError(Exception):
    """Base of every error this project raises on purpose. Its text is plain Chinese and says what to do."""


class InputError(LianxiError):
    """The user's input cannot be used (a document without a register, an unknown period): exit code 2."""


class PipelineError(LianxiError):
    """The pipeline is broken (share unreachable, database gone): exit code 1; the next pass finishes the work."""


class RetryableError(PipelineError):
    """A passing fault (busy share, mail server says 4xx): worth another try as it is."""
