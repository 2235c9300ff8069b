const lines: string[] = ["Started", "Working", "Done"];
for (const line of lines) console.log(line);
