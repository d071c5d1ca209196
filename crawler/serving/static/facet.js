// table.js of Datasette looks for this; it stands in a file because no page of ours runs scripts of its own text.
var DATASETTE_ALLOW_FACET = true;
