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

    /// <summary>Set where it is no event, but says that nobody followed for a while.</summary>
    public TailPause? Pause { get; private init; }

    /// <summary>How many of the events of the pause are not drawn.</summary>
    public int Undrawn { get; private init; }

    /// <summary>The line before the first event that came during a pause.</summary>
    /// <param name="firstHeld">The number of the first event that is held.</param>
    public static TailLine Marker(TailPause pause, long firstHeld)
    {
        ArgumentNullException.ThrowIfNull(pause);
        return new(-pause.FirstNo, pause.From, "", "info", "", null, null)
        {
            Pause = pause,
            Undrawn = (int)Math.Clamp(firstHeld - pause.FirstNo, 0, pause.Count),
        };
    }

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

/// <summary>A time in which nobody followed the log and events came.</summary>
/// <param name="FirstNo">The number of the first of them.</param>
public sealed record TailPause(long FirstNo, int Count, DateTimeOffset From, DateTimeOffset To);
