namespace AgentControl.Web.Jobs.Timeline;

/// <summary>The engine's own steps in a person's words; an agent's steps keep the names that its author gave.</summary>
internal static class StepWords
{
    private static readonly (string Kind, string Start, string Words)[] Known =
    [
        ("file", "list:", "List"),
        ("file", "read:", "Read"),
        ("file", "write:", "Write"),
        ("checkpoint", "stash:", "Save checkpoint"),
        ("checkpoint", "recall:", "Recall checkpoint"),
        ("spawn", "spawn:", "Start child jobs:"),
        ("children", "results:spawn:", "Read results of child jobs:"),
        ("children", "spawn:", "Wait for child jobs:"),
        ("continue", "continueOn:", "Go on in queue"),
    ];

    public static string Of(string kind, string name)
    {
        foreach (var (known, start, words) in Known)
            if (kind == known && name.StartsWith(start, StringComparison.Ordinal))
                return $"{words} {Subject(kind, name[start.Length..])}".TrimEnd();
        return kind switch
        {
            "comment" when name == "comment" => "Comment in the workspace",
            "version" => $"Version of {name}",
            _ => name,
        };
    }

    /// <summary>A fan-out's chunk or count says nothing to a reader: <c>documents:0</c>, <c>documents#1</c>.</summary>
    private static string Subject(string kind, string rest) =>
        kind switch
        {
            "spawn" when rest.LastIndexOf(':') is var at and > 0 => rest[..at],
            "children" when rest.LastIndexOf('#') is var at and > 0 => rest[..at],
            _ => rest,
        };
}
