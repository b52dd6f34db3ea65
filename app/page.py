"""The page: its two tabs, and how it looks."""

import base64
from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from gradio.themes import Base
from gradio.themes.utils import colors, sizes

from app import dream_tab, song_tab
from app.projects import Projects
from app.styles import STYLES, picture

TITLE = "Songreel: animate your dream"

DELETE = (3600, 86_400)
"""Seconds between two looks for shown files, and their age at which they go; they come again."""

STYLESHEET = Path(__file__).with_name("page.css")
SCRIPT = Path(__file__).with_name("page.js")
MEMORY = Path(__file__).with_name("memory.js")


def build(projects: Projects, models: Sequence[str], kept: str) -> gr.Blocks:
    """Build the page.

    Args:
        projects: of the server.
        models: names of the models to choose from.
        kept: how long dreams are kept, in words.
    """
    with gr.Blocks(
        title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=DELETE
    ) as page:
        gr.HTML(
            "<h1>Songreel</h1><p>Say what you dream of, one picture after the other,"
            " and watch it come to life.</p>",
            elem_classes="heading",
        )
        with gr.Tabs() as tabs:
            with gr.Tab("Dream", id="dream"):
                dream_tab.build(page, projects, models)
            with gr.Tab("Song", id="song"):
                song_tab.build(page, projects, models)
        opened = gr.Textbox(visible="hidden", label="Tab")
        page.load(
            lambda name: gr.Tabs(selected="song") if name == "song" else gr.skip(),
            opened,
            tabs,
            js="() => location.hash.slice(1).split('=')[0]",
            show_progress="hidden",
            api_visibility="private",
        )
        page.load(None, js=SCRIPT.read_text(encoding="utf-8"), api_visibility="private")
        gr.HTML(f"<p>{kept}</p>", elem_classes="kept")
    return page


def theme() -> Base:
    """Return the page's theme: warm paper by day, ink by night, and fonts of the visitor's."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    return Base(
        primary_hue=colors.indigo,
        neutral_hue=colors.stone,
        radius_size=sizes.radius_lg,
        font=sans,
        font_mono=["ui-monospace", "Menlo", "monospace"],
    ).set(
        body_background_fill="#faf8f4",
        body_background_fill_dark="#14151c",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1d1f29",
        block_border_width="1px",
        block_shadow="0 1px 2px rgba(60, 50, 30, .06)",
        block_shadow_dark="none",
        input_background_fill="#ffffff",
        input_background_fill_dark="#262935",
        button_primary_background_fill="#4338ca",
        button_primary_background_fill_hover="#3730a3",
        button_primary_background_fill_dark="#4f46e5",
        button_primary_background_fill_hover_dark="#4338ca",
        button_primary_text_color="#ffffff",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_hover="#f3efe7",
        button_secondary_background_fill_dark="#262935",
        button_secondary_background_fill_hover_dark="#31364a",
        button_secondary_border_color="#d6d0c6",
        button_secondary_border_color_dark="#3b3f50",
        button_border_width="1px",
        block_label_background_fill="#ffffff",
        block_label_background_fill_dark="#1d1f29",
        panel_background_fill="*background_fill_primary",
        panel_background_fill_dark="*background_fill_primary",
        border_color_primary="#e4ded3",
        border_color_primary_dark="#343849",
        table_even_background_fill="#ffffff",
        table_even_background_fill_dark="#1d1f29",
        table_odd_background_fill="#faf8f4",
        table_odd_background_fill_dark="#222531",
        table_border_color="#e4ded3",
        table_border_color_dark="#343849",
        body_text_color_subdued="#655f58",
        body_text_color_subdued_dark="#b4b0aa",
        block_label_text_color="#4a453f",
        block_label_text_color_dark="#d6d3cd",
        block_title_text_color="#4a453f",
        block_title_text_color_dark="#d6d3cd",
        input_border_width="1px",
        input_border_color="#d6d0c6",
        input_border_color_dark="#3b3f50",
        input_placeholder_color="#7a736b",
        input_placeholder_color_dark="#9a97a0",
    )


def head() -> str:
    """Return what stands in the page's head: the browser's memory, which the page begins with."""
    return f"<script>{MEMORY.read_text(encoding='utf-8')}</script>"


def stylesheet() -> str:
    """Return the page's CSS, with the pictures of the styles."""
    pictures = "".join(
        f"#dream-style label:nth-of-type({number})::before "
        f"{{ background-image: url(data:image/webp;base64,{_base64(picture(style))}); }}\n"
        for number, style in enumerate(STYLES, start=1)
    )
    return STYLESHEET.read_text(encoding="utf-8") + pictures


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
