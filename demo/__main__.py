"""Start the demo: `python -m demo`."""

from demo.run import main

raise SystemExit(main())
