"""QR codes in letters."""

from io import StringIO

import segno


def qr_code(text: str) -> str:
    out = StringIO()
    segno.make(text, micro=False).terminal(out=out, compact=True)
    return out.getvalue().rstrip("\n")
