namespace AgentControl.Engine.Access;

/// <summary>The words for kinds of callers in rows, claims and answers.</summary>
public static class CallerKindNames
{
    public static string Name(CallerKind kind) =>
        kind switch
        {
            CallerKind.Person => "person",
            CallerKind.ApiKey => "key",
            CallerKind.Job => "job",
            CallerKind.System => "system",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of caller."),
        };

    public static CallerKind? Parse(string? name) =>
        name switch
        {
            "person" => CallerKind.Person,
            "key" => CallerKind.ApiKey,
            "job" => CallerKind.Job,
            "system" => CallerKind.System,
            _ => null,
        };
}
