"""How long something takes, as people say it."""


def about(seconds: float) -> str:
    """Say a duration in words, rounded as far as it can be foreseen.

    Args:
        seconds: at least 0.
    """
    if seconds < 8:
        return "a few seconds"
    if seconds < 55:
        return f"about {10 * max(1, round(seconds / 10))} seconds"
    minutes = round(seconds / 60)
    if minutes < 55:
        return "about a minute" if minutes == 1 else f"about {minutes} minutes"
    hours = round(seconds / 3600)
    return "about an hour" if hours == 1 else f"about {hours} hours"
