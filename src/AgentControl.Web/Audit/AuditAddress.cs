using System.Globalization;
using AgentControl.Engine.Audit;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentControl.Web.Audit;

/// <summary>What the page of the audit log shows, as its URL says it.</summary>
/// <param name="From">The first day, in UTC.</param>
/// <param name="To">The last day, in UTC.</param>
/// <param name="After">The last line of the page before; null on the first.</param>
/// <param name="Line">The line that is open.</param>
internal sealed record AuditAddress(
    string? Who,
    string? Action,
    string? Target,
    DateOnly? From,
    DateOnly? To,
    Guid? After,
    Guid? Line
)
{
    private const string Day = "yyyy-MM-dd";

    public static AuditAddress Of(
        string? who,
        string? action,
        string? target,
        string? from,
        string? to,
        string? after,
        string? line
    ) => new(Text(who), Text(action), Text(target), Date(from), Date(to), Id(after), Id(line));

    /// <summary>What the form asks for; it begins on the first page.</summary>
    public static AuditAddress Filtered(string? who, string? action, string? target, DateOnly? from, DateOnly? to) =>
        new(Text(who), Text(action), Text(target), from, to, null, null);

    public bool ShowsAll => this with { Line = null } == new AuditAddress(null, null, null, null, null, null, null);

    public AuditFilter Filter =>
        new()
        {
            Who = Who,
            Action = Action,
            Target = Target,
            After = Midnight(From),
            Before = Midnight(To?.AddDays(1)),
        };

    public string Href => "/audit" + Query(forExport: false);

    public string Export(string format) => $"/api/v1/audit/export{Query(forExport: true).Add("format", format)}";

    /// <summary>Opens a line, or closes the one that is open.</summary>
    public AuditAddress Toggled(Guid line) => this with { Line = Line == line ? null : line };

    public AuditAddress Page(Guid? after) => this with { After = after, Line = null };

    private QueryString Query(bool forExport)
    {
        var query = new QueryBuilder();
        Add(query, "who", Who);
        Add(query, "action", Action);
        Add(query, "target", Target);
        if (forExport)
        {
            Add(query, "after", Filter.After?.ToString("O", CultureInfo.InvariantCulture));
            Add(query, "before", Filter.Before?.ToString("O", CultureInfo.InvariantCulture));
        }
        else
        {
            Add(query, "from", From?.ToString(Day, CultureInfo.InvariantCulture));
            Add(query, "to", To?.ToString(Day, CultureInfo.InvariantCulture));
            Add(query, "after", After?.ToString());
            Add(query, "line", Line?.ToString());
        }
        return query.ToQueryString();
    }

    private static void Add(QueryBuilder query, string name, string? value)
    {
        if (value is not null)
            query.Add(name, value);
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;

    private static DateOnly? Date(string? text) =>
        DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day < DateOnly.MaxValue
            ? day
            : null;

    private static DateTimeOffset? Midnight(DateOnly? day) =>
        day is { } date ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
}
