"""The commands and their options."""

import argparse
from pathlib import Path
from typing import Any

from core.base.columns import MAIN_LOCATION, ROLES
from core.workflows.override_requests import REASONS
from core.workflows.privacy import GROUPINGS, LEAST


def build() -> argparse.ArgumentParser:
    """The parser of `python -m core`."""
    parser = argparse.ArgumentParser(prog="python -m core", description="Demand forecasts and order plans for a shop.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _import(commands)
    _uploads(commands)
    _joining(commands)
    _clean(commands)
    _deciding(commands)
    _compare(commands)
    _tune(commands)
    _forecast(commands)
    _override(commands)
    _plan(commands)
    _simulate(commands)
    segment = _command(commands, "segment", "group the SKUs: K-Means, ABC, XYZ, demand class")
    segment.add_argument("--groups", type=int, help="number of K-Means groups (default: the best silhouette)")
    segment.add_argument("--out", type=Path, metavar="FILE", help="write the table to a .csv or .xlsx file")
    _command(commands, "status", "the key figures of the Home page")
    export = _command(commands, "export", "write the clean demand to a .csv, .parquet or .xlsx file")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    _settings(commands)
    _privacy(commands)
    _keeping(commands)
    sample = _command(commands, "sample", "load the sample shop, compare, forecast and plan")
    sample.add_argument("--if-empty", action="store_true", help="do nothing when the workspace has data")
    _command(commands, "warm", "compile the kernels once, so that later starts are quick")
    return parser


def _command(commands: Any, name: str, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about.capitalize() + ".")
    parser.add_argument(
        "--workspace",
        type=Path,
        metavar="FILE.duckdb",
        help="the shop's file (default: $STOCKCAST_HOME or data/shop.duckdb)",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _import(commands: Any) -> None:
    parser = _command(commands, "import", "read files into the workspace, all of them or none")
    parser.add_argument("files", nargs="+", metavar="FILE", help="CSV, TSV, XLSX, XLS, Parquet, ZIP or GZ; or a folder")
    parser.add_argument("--role", choices=("auto", *ROLES), default="auto", help="what the files hold")
    parser.add_argument("--mapping", type=Path, metavar="FILE.json", help="which column is what")
    parser.add_argument(
        "--on-conflict",
        choices=("append", "add", "replace", "replace_all", "skip"),
        default="append",
        help="rows that say something else of what is stored: refuse them (append), store both (add), replace the days "
        "of the file, replace everything of its role, or leave them out (skip); equal rows are never stored twice",
    )
    parser.add_argument("--dry-run", action="store_true", help="only tell what importing would add, change and remove")
    parser.add_argument("--date-order", choices=("dmy", "mdy", "ymd"), default="", help="order of day, month and year")
    parser.add_argument("--decimal", choices=(".", ","), default="", help="decimal mark of numbers")
    parser.add_argument("--start-date", default="", metavar="YYYY-MM-DD", help="first day of numbered period columns")
    parser.add_argument("--layout", choices=("baskets",), default="", help="each line holds the items of one order")
    parser.add_argument(
        "--counter", choices=("difference", "as_is"), default="", help="whether growing quantities are counter readings"
    )
    parser.add_argument(
        "--packs", choices=("pieces", "packs"), default="", help="what a line named “pack of two” counts"
    )
    parser.add_argument("--epoch", choices=("1900", "1904"), default="", help="where a workbook's day numbers begin")
    parser.add_argument(
        "--customers", choices=("hash", "drop"), default="hash", help="what becomes of customer numbers"
    )
    parser.add_argument("--encoding", default="", help="e.g. utf-8, gb18030, big5, shift_jis, cp1252")
    parser.add_argument("--delimiter", choices=(",", ";", "|", "tab"), default="", help="separator of fields")
    parser.add_argument("--quote", choices=('"', "'"), default="", help="quote mark around fields")
    parser.add_argument("--escape", choices=("\\",), default="", help="what stands before quote marks inside fields")
    parser.add_argument("--header-line", type=int, default=0, metavar="N", help="line of the header, if not found")
    parser.add_argument("--sheet", default="", help="sheet of a workbook")


def _uploads(commands: Any) -> None:
    _command(commands, "uploads", "list what was imported, with its key")
    remove = _command(commands, "remove", "take one upload back wholly")
    remove.add_argument("upload", metavar="UPLOAD", help="its file name, or the beginning of its key")


def _joining(commands: Any) -> None:
    _command(commands, "fit", "what of the files meets no sales, what sales lack, and what would probably mend it")
    coverage = _command(commands, "coverage", "of how many SKU-periods each driver and the stock say something")
    coverage.add_argument(
        "--known-ahead", action="append", default=[], metavar="DRIVER",
        help="the shop plans this driver: its values after the last sale are used; may be repeated",
    )  # fmt: skip
    coverage.add_argument(
        "--past-only", action="append", default=[], metavar="DRIVER", help="only the past of this driver is used"
    )
    links = _command(commands, "links", "list the codes that count as another SKU, or link those of a file")
    links.add_argument("file", nargs="?", type=Path, metavar="FILE", help="columns old_sku, new_sku, factor, reason")
    links.add_argument("--remove", default="", metavar="CODE", help="let a code count by itself again")
    links.add_argument("--out", type=Path, metavar="FILE", help="write them to a .csv or .xlsx file")
    link = _command(commands, "link", "let a code count as another SKU in every file")
    link.add_argument("old", metavar="OLD", help="the code that no longer counts by itself")
    link.add_argument("new", metavar="NEW", help="the SKU it stands for")
    link.add_argument("--factor", type=float, default=1.0, metavar="N", help="pieces of NEW in one of OLD (default: 1)")
    link.add_argument("--reason", default="", help="why")
    orders = _command(commands, "orders", "name orders that the newest list of open orders no longer holds")
    settled = orders.add_mutually_exclusive_group()
    settled.add_argument("--arrived", action="store_true", help="they have come in")
    settled.add_argument("--cancelled", action="store_true", help="nothing more of them will come")


def _clean(commands: Any) -> None:
    parser = _command(commands, "clean", "apply a cleaning recipe and report what it changed")
    parser.add_argument("--recipe", type=Path, metavar="FILE.json", help="the recipe (default: the one in force)")
    parser.add_argument("--undo", action="store_true", help="go back to the recipe before")


def _deciding(commands: Any) -> None:
    correct = _command(commands, "correct", "set the demand of one period by hand, or list what was set")
    correct.add_argument("what", nargs="*", metavar="SKU DAY UNITS", help="e.g. A-17 2026-03-31 12")
    correct.add_argument("--reason", default="", help="why; needed")
    correct.add_argument("--take-back", action="store_true", help="take the correction of SKU DAY back")
    stock_outs = _command(commands, "stock-outs", "estimate the demand of stock-outs, or leave it unknown")
    stock_outs.add_argument("choice", choices=("estimate", "leave", "as-rule"))
    stock_outs.add_argument("--sku", default="", help="only this SKU (default: all without a choice of their own)")
    like = _command(commands, "like", "forecast a new SKU like a known one, or list what was chosen")
    like.add_argument(
        "what", nargs="*", metavar="SKU LIKE", help="e.g. A-99 A-17; SKU alone proposes like-items for it"
    )
    like.add_argument(
        "--multiplier", type=float, default=1.0, metavar="N", help="units of SKU expected per unit of LIKE"
    )
    like.add_argument("--reason", default="", help="why")
    like.add_argument("--take-back", action="store_true", help="forecast SKU by its own history again")
    pin = _command(commands, "pin", "pin a method for a part of the shop, or list what is pinned")
    pin.add_argument(
        "what", nargs="*", metavar="CUT NAME METHOD",
        help='e.g. category Outdoor ets; CUT: "demand class", ABC, category, location or sku',
    )  # fmt: skip
    pin.add_argument("--take-off", action="store_true", help="leave CUT NAME to what comparisons find best again")
    for parser in (correct, stock_outs):
        parser.add_argument("--location", default=MAIN_LOCATION, help="default: main, that of files without locations")


def _settings(commands: Any) -> None:
    parser = _command(commands, "settings", "show the shop's settings, or change some")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="e.g. country=CN; may be repeated"
    )
    parser.add_argument(
        "--rate", action="append", default=[], metavar="EUR=1.08",
        help="the shop's money per unit of a currency; 0 takes it back; may be repeated",
    )  # fmt: skip


def _compare(commands: Any) -> None:
    parser = _command(commands, "compare", "backtest forecasting methods over all series")
    parser.add_argument(
        "--models", default="", metavar="a,b,…", help="methods, separated by commas (default: all quick ones)"
    )
    parser.add_argument("--horizon", type=int, metavar="H", help="trading periods ahead")
    parser.add_argument("--folds", type=int, default=3, metavar="K", help="past dates to forecast at (default: 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--window", type=int, metavar="N", help="learn from the last N periods only (default: from all that was known)"
    )
    parser.add_argument(
        "--gap", type=int, default=0, metavar="N", help="periods between the last known one and the first forecast"
    )
    parser.add_argument(
        "--update",
        action="store_true",
        help="learn once, at the first past date, and bring it up to date at the others",
    )
    parser.add_argument(
        "--seconds-per-method", type=float, metavar="S", help="give a method up when it takes longer (default: never)"
    )
    parser.add_argument(
        "--seconds", type=float, metavar="S", help="begin no further method after this time, cheap ones first"
    )
    parser.add_argument(
        "--champions-by",
        choices=("rmsse", "cost"),
        default="rmsse",
        help="what champions are chosen by (default: rmsse)",
    )
    parser.add_argument("--defaults", action="store_true", help="leave out of account what methods were tuned to")
    parser.add_argument(
        "--without",
        default="",
        metavar="a,b,…",
        help="drivers no method may look at; event, holiday: all of their kind",
    )


def _tune(commands: Any) -> None:
    parser = _command(commands, "tune", "search better settings of a method, or list what was found")
    parser.add_argument("model", nargs="?", default="", metavar="KEY", help="the method (default: list those tuned)")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="time for the search (default: 60)")
    parser.add_argument("--horizon", type=int, metavar="H", help="trading periods ahead")
    parser.add_argument("--folds", type=int, default=2, metavar="K", help="past dates to try settings at (default: 2)")
    parser.add_argument("--reset", action="store_true", help="go back to the method's defaults")


def _forecast(commands: Any) -> None:
    parser = _command(commands, "forecast", "forecast every series")
    parser.add_argument("--model", default="best", metavar="best|KEY", help="champions, or one method for all")
    parser.add_argument("--horizon", type=int, metavar="H", help="calendar periods ahead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--reconciliation", default="automatic", metavar="KEY",
        help="how SKUs, categories, locations and the total agree: automatic (what was best at past dates; default), "
        "bottom_up, top_down, wls_structural, wls_variance or mint_shrinkage",
    )  # fmt: skip
    parser.add_argument(
        "--without", metavar="a,b,…", help="drivers no method may look at (default: those the comparison left out)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write a .csv or .parquet file")


def _override(commands: Any) -> None:
    parser = _command(commands, "override", "change the forecast by hand, or list and take back such changes")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--sku", default="", help="one SKU; at all its locations unless --location is given")
    what.add_argument("--category", default="", metavar="NAME")
    what.add_argument("--shop", action="store_true", help="all SKUs")
    parser.add_argument("--location", default="", metavar="NAME", help="all SKUs of a location, or the place of --sku")
    parser.add_argument("--from", dest="first", default="", metavar="DAY", help="first day, e.g. 2026-12-21")
    parser.add_argument("--to", dest="last", default="", metavar="DAY", help="last day; of weekly data weeks are whole")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--percent", type=float, metavar="N", help="more, or with a minus fewer: 20 = a fifth more")
    how.add_argument(
        "--units", type=float, metavar="N", help="units more, or with a minus fewer, over all days together"
    )
    how.add_argument("--set", type=float, metavar="N", help="units over all days together")
    how.add_argument("--list", action="store_true", help="only list the changes")
    how.add_argument("--take-back", default="", metavar="KEY", help="take a change back: the beginning of its key")
    parser.add_argument("--reason", default="", help=f"why, one of {', '.join(REASONS)}")
    parser.add_argument("--comment", default="", help="in your words")
    parser.add_argument("--until", default="", metavar="DAY", help="later forecasts no longer apply it (default: --to)")


def _plan(commands: Any) -> None:
    parser = _command(commands, "plan", "what to order today, from whom, and why")
    parser.add_argument("--service-level", type=float, metavar="0.95", help="cycle service level, a fraction")
    parser.add_argument("--budget", type=float, metavar="N", help="money the orders may cost in all")
    parser.add_argument("--policy", default="order_up_to", help="ordering rule")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write an .xlsx or .csv file")


def _simulate(commands: Any) -> None:
    parser = _command(commands, "simulate", "play a scenario against the baseline")
    parser.add_argument("--scenario", type=Path, metavar="FILE.json", help="name, levers, service level")
    parser.add_argument("--sku", help="one SKU (default: the whole shop)")
    parser.add_argument("--location", help="one location")


def _privacy(commands: Any) -> None:
    anonymous = _command(commands, "export-anonymous", "write sales by groups in which no person can be singled out")
    anonymous.add_argument(
        "--by", required=True, metavar="a,b,…", help=f"what to group by, one to four of {', '.join(GROUPINGS)}"
    )
    anonymous.add_argument("--k", type=int, default=LEAST, metavar="N", help="persons in every group (default: 5)")
    anonymous.add_argument(
        "--fresh", action="store_true", help="leave earlier exports out of account: nobody who has them sees this one"
    )
    anonymous.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .csv, .xlsx or .parquet file")
    forget = _command(commands, "forget-person", "take one person out of tables, kept uploads and free blocks")
    forget.add_argument(
        "identifier", help="number, mail address, telephone number or name; - reads it from standard input"
    )
    rotate = _command(commands, "rotate-key", "hash all customers again under a new secret")
    rotate.add_argument(
        "--lost", action="store_true", help="the former key is lost for good: its customers become strangers"
    )


def _keeping(commands: Any) -> None:
    _command(commands, "backup", "copy the workspace to a file and verify it").add_argument("file", type=Path)
    _command(commands, "restore", "put a backup in the place of the workspace").add_argument("file", type=Path)
    _command(commands, "rebuild", "load again what the workspace lost, from the kept uploads")
    audit = _command(commands, "audit", "who changed what, newest first")
    audit.add_argument("--limit", type=int, default=50, metavar="N", help="entries (default: 50)")
    delete = _command(commands, "delete", "delete the workspace with uploads, key, ledger and backups beside it")
    delete.add_argument("--confirm", required=True, metavar="NAME", help="the workspace's file name")
