"""Export formats, one module each; `archive.exports.load_formats` imports them."""
