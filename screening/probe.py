"""Asks the web server of this container for /healthz, as a caller of the public address; exits 0 when all is well."""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit


def main() -> None:
    public = urlsplit(os.environ["SCREENING_URL"])
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
    asked = urllib.request.Request("http://127.0.0.1:8000/healthz", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=8):  # noqa: S310  # a fixed address
            return
    except (urllib.error.URLError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
