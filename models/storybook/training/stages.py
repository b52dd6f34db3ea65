"""What some styles set up on a place before the thing is painted on it.

A stage changes `canvas`, uint8 (h, w, 3), in place. `centre` and `scale` are where the thing will
be and how large, in pixels; `alone` tells that there will be none.
"""

from typing import NamedTuple

import cv2
import numpy as np

from outlines import Rng, smooth

BRIGHT = (
    (222, 40, 44),
    (250, 196, 40),
    (40, 92, 200),
    (30, 30, 38),
    (240, 120, 40),
    (60, 160, 150),
)


class Spot(NamedTuple):
    """Where the thing will be."""

    centre: np.ndarray
    scale: float
    alone: bool


def whole(*points: tuple[float, float]) -> list[np.ndarray]:
    """Points in pixels as OpenCV wants them."""
    return [np.round(np.array(points)).astype(np.int32)]


def blend(canvas: np.ndarray, colour: np.ndarray | tuple[int, ...], share: float) -> None:
    """Mix a colour into the whole canvas."""
    flat = np.empty_like(canvas)
    flat[:] = np.asarray(colour, np.uint8)
    cv2.addWeighted(canvas, 1 - share, flat, share, 0, dst=canvas)


def aside(canvas: np.ndarray, spot: Spot, count: int, rng: Rng) -> np.ndarray:
    """Points around the thing, rather than behind it: (count, 2), in pixels."""
    height, width = canvas.shape[:2]
    points = rng.uniform(0.08, 0.92, (40 * count, 2)) * (width, height)
    if not spot.alone:
        away = np.abs(points - spot.centre).max(1) > 0.95 * spot.scale
        points = points[away]
    chosen = [points[0]]
    gap = np.sqrt(height * width / count) * 0.55
    for point in points[1:]:
        if len(chosen) < count and min(np.hypot(*(point - q)) for q in chosen) > gap:
            chosen.append(point)
    return np.array(chosen)


def wide_plain(canvas: np.ndarray, spot: Spot, rng: Rng) -> None:
    """An empty plain under the sky of the place, long shadows, far rocks, a crutch."""
    height, width = canvas.shape[:2]
    short = min(height, width)
    horizon = round(height * rng.uniform(0.56, 0.62))
    ground = canvas[horizon:].mean((0, 1))
    near, far = 0.5 * ground + (86, 50, 16), 0.46 * ground + (138, 110, 58)
    share = np.linspace(0, 1, height - horizon)[:, None, None] ** 0.7
    rock = 0.4 * ground + (50, 40, 56)
    left = rng.random() < 0.5
    x = width * (0.12 if left else 0.88)
    cliff = np.array([(-0.22, 0), (-0.16, -0.07), (-0.02, -0.09), (0.05, -0.04), (0.2, 0)])
    cv2.fillPoly(canvas, whole(*(cliff * short + (x, horizon))), rock.tolist(), cv2.LINE_AA)
    canvas[horizon:] = (far * (1 - share) + near * share).clip(0, 255).astype(np.uint8)
    shadow = (0.55 * near).tolist()
    if spot.alone:
        dead_tree(canvas, np.array([width * (0.6 if left else 0.5), height * 0.84]), short, shadow)
        return
    foot = spot.centre + (1.1 * spot.scale, 0.98 * spot.scale)
    axes = (round(1.25 * spot.scale), round(0.13 * spot.scale))
    cv2.ellipse(canvas, whole(foot)[0][0].tolist(), axes, 0, 0, 360, shadow, -1, cv2.LINE_AA)
    side = -0.62 if left else 0.62
    top = spot.centre + (side * spot.scale, 0.34 * spot.scale)
    low = spot.centre + (1.1 * side * spot.scale, 1.2 * spot.scale)
    fork = [top + np.array([dx, -0.2]) * spot.scale for dx in (-0.16, 0.16)]
    for a, b in ((top, low), (top, fork[0]), (top, fork[1])):
        ends = (p.tolist() for p in whole(a, b)[0])
        cv2.line(canvas, *ends, (96, 62, 36), short // 32, cv2.LINE_AA)


def dead_tree(canvas: np.ndarray, foot: np.ndarray, short: int, shadow: list[float]) -> None:
    """A bare tree with a soft cloth of a watch over its only branch."""
    wood, thick = (92, 62, 42), short // 24

    def line(a: tuple[float, float], b: tuple[float, float], width: int) -> None:
        ends = whole(foot + np.array(a) * short, foot + np.array(b) * short)[0]
        cv2.line(canvas, *(p.tolist() for p in ends), wood, width, cv2.LINE_AA)

    far = whole(foot + (0.24 * short, 0.0))[0][0].tolist()
    axes = (round(0.26 * short), round(0.025 * short))
    cv2.ellipse(canvas, far, axes, 0, 0, 360, shadow, -1, cv2.LINE_AA)
    line((0.0, 0.0), (-0.02, -0.42), thick)
    line((-0.02, -0.36), (-0.3, -0.4), thick * 2 // 3)
    line((-0.02, -0.4), (0.08, -0.54), thick // 2)
    watch = ((-0.34, -0.45), (-0.16, -0.46), (-0.1, -0.38), (-0.09, -0.2), (-0.13, -0.07),
             (-0.2, -0.05), (-0.25, -0.14), (-0.33, -0.2), (-0.37, -0.34))  # fmt: skip
    face = np.array([foot + np.array(p) * short for p in smooth(*watch)])
    middle = face.mean(0)
    cv2.fillPoly(canvas, whole(*face), (226, 176, 76), cv2.LINE_AA)
    cv2.fillPoly(canvas, whole(*(middle + 0.76 * (face - middle))), (250, 240, 214), cv2.LINE_AA)
    cv2.polylines(canvas, whole(*face), True, (70, 48, 36), max(2, short // 64), cv2.LINE_AA)
    for hand in ((0.02, -0.08), (-0.05, 0.04)):
        ends = whole(middle, middle + np.array(hand) * short)[0]
        cv2.line(canvas, *(p.tolist() for p in ends), (40, 30, 34), short // 60, cv2.LINE_AA)


def circles_and_rays(canvas: np.ndarray, spot: Spot, rng: Rng) -> None:
    """Circles in circles, rays, a grid and triangles, on a pale ground of the place's colours."""
    height, width = canvas.shape[:2]
    short = min(height, width)
    blend(canvas, (250, 240, 216), 0.24)
    line = short // 64
    start = np.array([width * rng.uniform(0.0, 0.2), height * rng.uniform(0.75, 1.0)])
    for k, turn in enumerate(rng.uniform(-1.3, -0.15, 3)):
        stop = start + 2 * max(width, height) * np.array([np.cos(turn), np.sin(turn)])
        ends = whole(start, stop)[0]
        cv2.line(canvas, *(p.tolist() for p in ends), BRIGHT[3], line * (1 + k % 2), cv2.LINE_AA)
    points = aside(canvas, spot, round(6 * width * height / short**2), rng)
    for k, (x, y) in enumerate(points):
        colours = [BRIGHT[int(c)] for c in rng.permutation(len(BRIGHT))[:3]]
        r = short * rng.uniform(0.09, 0.15) * (1.3 if spot.alone else 1)
        at = (round(x), round(y))
        if k % 4 == 2:
            grid_of_squares(canvas, x, y, r, colours)
        elif k % 4 == 3:
            turn = rng.uniform(0, 2 * np.pi) + np.array([0, 2.1, 4.0])
            corners = np.stack([x + 1.2 * r * np.cos(turn), y + 1.2 * r * np.sin(turn)], 1)
            cv2.fillPoly(canvas, whole(*corners), colours[0], cv2.LINE_AA)
            cv2.polylines(canvas, whole(*corners), True, BRIGHT[3], line, cv2.LINE_AA)
        else:
            for share, colour in zip((1.0, 0.68, 0.36), colours, strict=True):
                cv2.circle(canvas, at, round(r * share), colour, -1, cv2.LINE_AA)
            cv2.circle(canvas, at, round(r), BRIGHT[3], line, cv2.LINE_AA)


def grid_of_squares(
    canvas: np.ndarray, x: float, y: float, r: float, colours: list[tuple[int, ...]]
) -> None:
    """A chequered square of three by three around (x, y)."""
    step = 2 * r / 3
    for row in range(3):
        for column in range(3):
            a = (round(x - r + column * step), round(y - r + row * step))
            b = (round(x - r + (column + 1) * step), round(y - r + (row + 1) * step))
            colour = (250, 244, 226) if (row + column) % 2 else colours[(row + column) // 2 % 3]
            cv2.rectangle(canvas, a, b, colour, -1)


def stars_and_blobs(canvas: np.ndarray, spot: Spot, rng: Rng) -> None:
    """A soft wash of the place with stars of lines, blobs and balls on strings afloat in it."""
    height, width = canvas.shape[:2]
    short = min(height, width)
    few = cv2.resize(canvas, (max(4, 8 * width // short), max(4, 8 * height // short)),
                     interpolation=cv2.INTER_AREA)  # fmt: skip
    wash = cv2.resize(few, (width, height), interpolation=cv2.INTER_CUBIC)
    cv2.addWeighted(canvas, 0.4, wash, 0.6, 0, dst=canvas)
    blend(canvas, (244, 226, 170), 0.14)
    line = short // 50
    light = canvas.mean() < 120
    pen = (250, 244, 224) if light else (24, 22, 28)
    points = aside(canvas, spot, round(8 * width * height / short**2), rng)
    for k, (x, y) in enumerate(points):
        r = short * rng.uniform(0.06, 0.1) * (1.4 if spot.alone else 1)
        colour = BRIGHT[(0, 1, 2)[int(rng.integers(3))]]
        turn = rng.uniform(0, np.pi)
        if k % 4 == 0:
            for a in turn + np.arange(4) * np.pi / 4:
                d = r * np.array([np.cos(a), np.sin(a)])
                ends = whole((x, y) - d, (x, y) + d)[0]
                cv2.line(canvas, *(p.tolist() for p in ends), pen, line, cv2.LINE_AA)
        elif k % 4 == 1:
            cv2.ellipse(canvas, (round(x), round(y)), (round(1.3 * r), round(0.8 * r)),
                        np.rad2deg(turn), 0, 360, pen, -1, cv2.LINE_AA)  # fmt: skip
            cv2.circle(canvas, (round(x), round(y)), round(0.42 * r), colour, -1, cv2.LINE_AA)
        elif k % 4 == 2:
            ends = np.array([(x, y - 1.2 * r), (x, y + 1.2 * r)])
            sway = np.linspace(0, 1, 12)[:, None]
            string = ends[0] * (1 - sway) + ends[1] * sway
            string[:, 0] += 0.5 * r * np.sin(np.linspace(0, 2 * np.pi, 12))
            cv2.polylines(canvas, whole(*string), False, pen, line, cv2.LINE_AA)
            for end, paint in zip(ends, (colour, pen), strict=True):
                cv2.circle(
                    canvas, whole(end)[0][0].tolist(), round(0.45 * r), paint, -1, cv2.LINE_AA
                )
        else:
            cv2.circle(canvas, (round(x), round(y)), round(0.9 * r), colour, -1, cv2.LINE_AA)


def coloured_light(canvas: np.ndarray, spot: Spot, rng: Rng) -> None:
    """Wide wedges and discs of coloured light that cross each other."""
    height, width = canvas.shape[:2]
    short = min(height, width)
    glass = canvas.copy()
    tints = ((226, 50, 90), (255, 206, 60), (40, 170, 110), (170, 70, 200), (250, 130, 60))
    for k, tint in enumerate(tints):
        x, y = rng.uniform(0.0, 1.0, 2) * (width, height)
        if k % 2:
            cv2.circle(glass, (round(x), round(y)), round(0.34 * short), tint, -1, cv2.LINE_AA)
        else:
            turn = rng.uniform(0, 2 * np.pi) + np.array([-0.3, 0.3])
            reach = 1.2 * max(width, height)
            corners = np.stack([x + reach * np.cos(turn), y + reach * np.sin(turn)], 1)
            cv2.fillPoly(glass, whole((x, y), *corners), tint, cv2.LINE_AA)
    cv2.addWeighted(canvas, 0.54, glass, 0.46, 0, dst=canvas)
