namespace AgentControl.Engine.Queues;

/// <summary>Workers by queue, per worker process: <c>AgentControl:Queues:{name}</c>.</summary>
public sealed class QueueOptions
{
    public const string Section = "AgentControl:Queues";

    /// <summary>Most workers of one queue in one process.</summary>
    public const int MaxWorkers = 500;

    public static readonly IReadOnlyDictionary<string, int> Defaults = new Dictionary<string, int>(
        StringComparer.Ordinal
    )
    {
        ["default"] = 4,
        ["extract"] = 3,
        ["summarise"] = 2,
        ["review"] = 1,
        ["research"] = 3,
        ["write"] = 2,
        ["edit"] = 1,
    };

    /// <summary>The defaults with what configuration says laid over them.</summary>
    public Dictionary<string, int> Workers { get; } = new(Defaults, StringComparer.Ordinal);
}
