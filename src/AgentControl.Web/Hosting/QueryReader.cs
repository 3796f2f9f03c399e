using System.Globalization;
using AgentControl.Engine.Paging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Hosting;

/// <summary>Reads a request's query; what does not fit is collected by name, each with its remedy.</summary>
internal sealed class QueryReader(HttpRequest request)
{
    private readonly Dictionary<string, string[]> errors = new(StringComparer.Ordinal);

    /// <summary>The answer where something did not fit.</summary>
    public ProblemHttpResult? Problem => errors.Count == 0 ? null : Problems.BadFields(errors);

    public string? Text(string name)
    {
        var values = request.Query[name];
        if (values.Count > 1)
            Refuse(name, "Give it once.");
        return values.Count == 0 || string.IsNullOrEmpty(values[^1]) ? null : values[^1];
    }

    /// <summary>Every value of a repeatable parameter; commas separate too.</summary>
    public IReadOnlyList<string> Words(string name, IReadOnlyCollection<string>? allowed = null)
    {
        var words = request
            .Query[name]
            .SelectMany(v =>
                (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            )
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (allowed is not null && words.FirstOrDefault(w => !allowed.Contains(w)) is { } wrong)
            Refuse(name, $"'{wrong}' is unknown. Use one of: {string.Join(", ", allowed)}.");
        return words;
    }

    /// <summary>One of the allowed words.</summary>
    public string? Word(string name, IReadOnlyCollection<string> allowed)
    {
        var word = Text(name);
        if (word is not null && !allowed.Contains(word))
            Refuse(name, $"'{word}' is unknown. Use one of: {string.Join(", ", allowed)}.");
        return word;
    }

    public Guid? Id(string name) =>
        Parse(name, "Give a whole id.", text => Guid.TryParse(text, out var id) ? id : (Guid?)null);

    public DateTimeOffset? Instant(string name) =>
        Parse(
            name,
            "Give an instant in ISO 8601, such as 2026-12-01T09:00:00Z.",
            text =>
                DateTimeOffset.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var instant
                )
                    ? instant
                    : (DateTimeOffset?)null
        );

    public long? Number(string name, long least = 0, long most = long.MaxValue) =>
        Parse(
            name,
            most == long.MaxValue
                ? $"Give a whole number from {least}."
                : $"Give a whole number from {least} to {most}.",
            text =>
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= least
                && number <= most
                    ? number
                    : (long?)null
        );

    public bool Flag(string name) =>
        Parse(name, "Give true or false.", text => bool.TryParse(text, out var flag) ? flag : (bool?)null) ?? false;

    public int Limit() => (int)(Number("limit", 1, PageLimit.Max) ?? PageLimit.Default);

    /// <param name="isValid">Whether this list gave out such a cursor.</param>
    public string? PageCursor(Func<string, bool> isValid)
    {
        if (Text("cursor") is not { } cursor)
            return null;
        if (!isValid(cursor))
            Refuse("cursor", "Hand back nextCursor as it came, or leave it out for the first page.");
        return cursor;
    }

    private T? Parse<T>(string name, string remedy, Func<string, T?> read)
        where T : struct
    {
        if (Text(name) is not { } text)
            return null;
        var value = read(text);
        if (value is null)
            Refuse(name, remedy);
        return value;
    }

    public void Refuse(string name, params string[] remedies) => errors[name] = remedies;
}
