"""Follows the links between our Markdown pages: each file and each #heading that one names must be there.

usage: links.py [FOLDER]   (default: the repository that this file is in)

Addresses on the web are not visited: a check must not fail because somebody else's server does.
"""

import pathlib
import re
import sys
from urllib.parse import unquote

NOT_OURS = {".git", "build", "__pycache__"}
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def prose(text):
    """The page without its code, in which brackets mean other things."""
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", lambda code: code[0].replace("[", "").replace("]", ""), text)


def anchors(page):
    """The names of a page's headings, as web renderings of Markdown make them."""
    heads = re.findall(r"^#+\s+(.*?)\s*#*$", page.read_text(errors="replace"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken(top, page):
    for link in LINK.findall(prose(page.read_text(errors="replace"))):
        if ELSEWHERE.match(link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path if not path.startswith("/") else top / path.lstrip("/")) if path else page
        if not target.exists():
            yield f"{link}: there is no such file"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{link}: there is no such heading"


def main():
    top = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    pages = [page for page in sorted(top.rglob("*.md")) if not NOT_OURS & set(page.relative_to(top).parts)]
    found = [f"{page.relative_to(top)}: {what}" for page in pages for what in broken(top, page)]
    print("\n".join(found) if found else f"links: {len(pages)} pages, all links lead somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
