namespace AgentControl.Web.Jobs.Tail;

/// <summary>One line of a job's log.</summary>
public sealed record TailLine(
    long No,
    DateTimeOffset At,
    string Type,
    string Level,
    string Message,
    string? Data,
    string? Actor
)
{
    /// <summary>The key of the step it speaks of, where it does.</summary>
    public string? Step { get; init; }

    /// <summary>The kind by which people filter: the word before the dot, told apart where that says too little.</summary>
    public string Kind => KindOf(Type);

    public static readonly IReadOnlyList<string> Kinds =
    [
        "job",
        "step",
        "agent",
        "tool",
        "progress",
        "checkpoint",
        "approval",
        "anomaly",
        "child",
        "file",
        "signal",
        "comment",
    ];

    private static string KindOf(string type) =>
        type == "agent.toolCall" ? "tool"
        : type.IndexOf('.', StringComparison.Ordinal) is var dot and > 0 ? type[..dot]
        : type;
}
