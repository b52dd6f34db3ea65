"""The formats that pictures come in: square, wide and tall."""

from typing import NamedTuple


class Format(NamedTuple):
    """Width and height of a picture in pixels."""

    width: int
    height: int

    @property
    def short(self) -> int:
        """The shorter side: things are as large as it allows."""
        return min(self)

    def times(self, factor: int) -> "Format":
        """The same format, enlarged."""
        return Format(self.width * factor, self.height * factor)

    def columns(self, count: int) -> int:
        """As many columns across the width as `count` are across the short side."""
        return round(count * self.width / self.short)

    def rows(self, count: int) -> int:
        """As many rows down the height as `count` are down the short side."""
        return round(count * self.height / self.short)


FORMATS: dict[str, Format] = {
    "square": Format(256, 256),
    "wide": Format(448, 256),
    "tall": Format(256, 448),
}
# How many of the training pictures have each format.
FORMAT_SHARES: dict[str, float] = {"square": 0.5, "wide": 0.25, "tall": 0.25}
