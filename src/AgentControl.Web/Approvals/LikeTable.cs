using System.Text.Json;
using AgentControl.Engine.Approvals;

namespace AgentControl.Web.Approvals;

/// <summary>What differs between like requests: the fields of their contents that are not the same in all.</summary>
/// <param name="Rows">A row for each request, a cell for each column.</param>
internal sealed record LikeTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const int MostColumns = 5;
    private const string Whole = "Content";

    public static LikeTable Of(IReadOnlyList<ApprovalView> requests)
    {
        var contents = requests.Select(Fields).ToList();
        var differing = contents
            .SelectMany(fields => fields.Keys)
            .Distinct(StringComparer.Ordinal)
            .Where(key =>
                contents.Select(fields => fields.GetValueOrDefault(key)).Distinct(StringComparer.Ordinal).Count() > 1
            )
            .ToList();
        // More than fit are told by the rest of the content in one column.
        var columns = differing.Count <= MostColumns ? differing : [.. differing.Take(MostColumns - 1), Rest];
        return new LikeTable(
            columns,
            [
                .. contents.Select(fields =>
                    (IReadOnlyList<string>)
                        [
                            .. columns.Select(column =>
                                column == Rest
                                    ? string.Join(
                                        "; ",
                                        differing
                                            .Skip(MostColumns - 1)
                                            .Select(key => $"{key}: {fields.GetValueOrDefault(key, "–")}")
                                    )
                                    : fields.GetValueOrDefault(column, "–")
                            ),
                        ]
                ),
            ]
        );
    }

    private const string Rest = "Other fields";

    private static Dictionary<string, string> Fields(ApprovalView request)
    {
        if (request.ContentType == "application/json")
            try
            {
                using var json = JsonDocument.Parse(request.Content);
                if (json.RootElement.ValueKind == JsonValueKind.Object)
                    return json
                        .RootElement.EnumerateObject()
                        .GroupBy(m => m.Name, StringComparer.Ordinal)
                        .ToDictionary(g => g.Key, g => Text(g.Last().Value), StringComparer.Ordinal);
            }
            catch (JsonException)
            {
                // Shown as the text that it is.
            }
        return new(StringComparer.Ordinal) { [Whole] = request.Content };
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
