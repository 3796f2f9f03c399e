using System.Text;

namespace AgentControl.Web.Workspaces;

/// <summary>Rows of a CSV text (RFC 4180; comma, semicolon or tab, whichever its first line has most of).</summary>
internal sealed record CsvTable(IReadOnlyList<string> Head, IReadOnlyList<IReadOnlyList<string>> Rows, bool Cut)
{
    private const int MostColumns = 100;

    public static CsvTable Parse(string text, int mostRows)
    {
        var separator = Separator(text);
        var rows = new List<IReadOnlyList<string>>();
        var row = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length && rows.Count <= mostRows + 1; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"')
                    cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    cell.Append(text[i++]);
                else
                    quoted = false;
            }
            else if (c == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (c == separator)
            {
                EndCell(row, cell);
            }
            else if (c == '\n')
            {
                EndCell(row, cell);
                rows.Add(row);
                row = [];
            }
            else if (c != '\r' || i + 1 >= text.Length || text[i + 1] != '\n')
            {
                cell.Append(c);
            }
        }
        if (cell.Length > 0 || row.Count > 0)
        {
            EndCell(row, cell);
            rows.Add(row);
        }
        return rows.Count == 0
            ? new([], [], false)
            : new(rows[0], rows.GetRange(1, Math.Min(mostRows, rows.Count - 1)), rows.Count - 1 > mostRows);
    }

    private static void EndCell(List<string> row, StringBuilder cell)
    {
        if (row.Count < MostColumns)
            row.Add(cell.ToString());
        cell.Clear();
    }

    private static char Separator(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var line = end < 0 ? text : text[..end];
        return new[] { ',', ';', '\t' }.MaxBy(c => line.Count(x => x == c));
    }
}
