using System.Text;

namespace AgentControl.Agents.Documents;

/// <summary>Writes rows as RFC 4180 asks, and so that no spreadsheet takes a cell for a formula.</summary>
internal static class CsvText
{
    public static void AppendRow(StringBuilder csv, params IReadOnlyList<string> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            csv.Append(i == 0 ? "" : ",").Append(Cell(cells[i]));
        }

        csv.Append("\r\n");
    }

    internal static string Cell(string text)
    {
        // A space in front does not stop a spreadsheet; an apostrophe does.
        var first = text.AsSpan().TrimStart();
        var guarded =
            first.Length > 0 && (first[0] is '=' or '+' or '-' or '@' || text[0] is '\t' or '\r') ? "'" + text : text;
        return guarded.AsSpan().IndexOfAny(",\"\r\n") >= 0
            ? $"\"{guarded.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : guarded;
    }
}
