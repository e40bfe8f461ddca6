// For the pages that renew a part of themselves; they work without it too.
import "htmx.org";
