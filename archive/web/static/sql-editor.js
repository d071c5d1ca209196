// The SQL box with colours, and a button that lays SQL out; without scripts it is a plain text box.
(() => {
  const format = document.querySelector("#sql-format");
  const shown = document.querySelector("pre#sql-query");
  const box = document.querySelector("textarea#sql-editor");
  if (box) {
    const run = () => box.form.requestSubmit();
    const editor = CodeMirror.fromTextArea(box, {
      mode: "text/x-sql",
      lineWrapping: true,
      extraKeys: { "Shift-Enter": run, "Ctrl-Enter": run, "Cmd-Enter": run, Tab: false },
    });
    editor.getInputField().setAttribute("aria-label", "SQL");
    if (format) {
      format.hidden = false;
      format.addEventListener("click", () => editor.setValue(sqlFormatter.format(editor.getValue())));
    }
  } else if (shown && format) {
    format.hidden = false;
    format.addEventListener("click", () => { shown.textContent = sqlFormatter.format(shown.textContent); });
  }
})();
