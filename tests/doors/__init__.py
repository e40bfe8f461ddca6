"""Every door of the site, asked by everybody who may come by."""
