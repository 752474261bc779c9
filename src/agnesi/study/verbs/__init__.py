"""What the pages ask for: functions of plain arguments that call Agnesi's verbs and return plain data. No web here."""
