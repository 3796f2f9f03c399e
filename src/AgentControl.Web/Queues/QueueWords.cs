using AgentControl.Engine.Queues;
using AgentControl.Engine.Workers;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Queues;

/// <summary>The words about queues and workers.</summary>
internal static class QueueWords
{
    /// <summary>Jobs that are named beside their worker.</summary>
    public const int MostJobs = 5;

    /// <summary>Jobs that run at once in all processes; null where only other processes' configuration knows.</summary>
    public static long? Limit(QueueView queue) =>
        queue.Workers is { } workers ? workers * (long)Math.Max(queue.Processes, 1) : null;

    /// <summary>Why nothing of it starts; null where it does.</summary>
    public static string? Warning(QueueView queue) =>
        queue.Paused ? "Paused: no job of it starts"
        : queue.Depth > 0 && (queue.Processes == 0 || queue.Workers == 0)
            ? $"No worker serves it: {Formats.Count(queue.Depth, "job")} {(queue.Depth == 1 ? "waits" : "wait")}"
        : null;

    /// <summary>What can be done about it; null where nothing has to.</summary>
    public static string? Remedy(QueueView queue) =>
        !queue.Paused && Warning(queue) is not null ? "Give it workers, or start a process that serves it." : null;

    public static string State(WorkerView worker) =>
        worker.State switch
        {
            "alive" => "Alive",
            "draining" => worker.Running > 0 ? "Draining" : "Drained",
            "lost" => "Lost",
            _ => "Stopped",
        };

    public static string Hue(WorkerView worker) =>
        worker.State switch
        {
            "alive" => "green",
            "lost" => "amber",
            _ => "grey",
        };

    public static string Icon(WorkerView worker) =>
        worker.State switch
        {
            "alive" => "circle-check",
            "lost" => "triangle-alert",
            _ => "circle-slash",
        };
}
