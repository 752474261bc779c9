// Agnesi in VS Code: starts `agnesi server` and hands it the documents. All else is the server's.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const LANGUAGES = ["markdown", "quarto", "rmd", "latex", "tex", "agnesi"];
let client;

exports.activate = async function () {
  const settings = vscode.workspace.getConfiguration("agnesi");
  const server = { command: settings.get("command"), args: ["server"] };
  const documents = LANGUAGES.flatMap((language) => [
    { scheme: "file", language },
    { scheme: "untitled", language },
  ]);
  client = new LanguageClient("agnesi", "Agnesi", server, {
    documentSelector: documents,
    initializationOptions: { dialect: settings.get("dialect") },
  });
  await client.start();
};

exports.deactivate = () => client?.stop();
