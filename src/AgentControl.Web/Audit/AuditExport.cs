using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentControl.Engine.Audit;

namespace AgentControl.Web.Audit;

/// <summary>Writes lines of the audit log as a file, one by one as they are read.</summary>
internal static class AuditExport
{
    private const int FlushEvery = 200;
    private static readonly System.Buffers.SearchValues<char> _quoted = System.Buffers.SearchValues.Create(
        ",\"\r\n\t;'"
    );

    private static readonly string[] _columns =
    [
        "seq",
        "at",
        "actor",
        "actorName",
        "from",
        "action",
        "target",
        "targetName",
        "before",
        "after",
        "id",
        "hash",
    ];

    public static async Task WriteCsvAsync(
        Stream output,
        IAsyncEnumerable<AuditLine> lines,
        CancellationToken cancellationToken
    )
    {
        await using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync(string.Join(',', _columns));
        var count = 0;
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            await text.WriteLineAsync(string.Join(',', Cells(line).Select(Cell)));
            if (++count % FlushEvery == 0)
                await text.FlushAsync(cancellationToken);
        }
    }

    /// <summary>An array, written as the lines come.</summary>
    public static Task WriteJsonAsync(
        Stream output,
        IAsyncEnumerable<AuditLine> lines,
        JsonSerializerOptions options,
        CancellationToken cancellationToken
    ) => JsonSerializer.SerializeAsync(output, lines.Select(AuditLineContract.Of), options, cancellationToken);

    /// <summary>Quoted where needed. What a spreadsheet would compute gets an apostrophe in front, so that it stays a text.</summary>
    internal static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        var safe = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(_quoted) < 0
            ? safe
            : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string?[] Cells(AuditLine line) =>
        [
            line.Seq?.ToString(CultureInfo.InvariantCulture),
            line.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            line.Actor,
            line.ActorName,
            line.From,
            line.Action,
            line.Target,
            line.TargetName,
            line.Before,
            line.After,
            line.Id.ToString(),
            line.Hash,
        ];
}
