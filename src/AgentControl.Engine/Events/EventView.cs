using AgentControl.Core.Json;
using AgentControl.Engine.Live;

namespace AgentControl.Engine.Events;

/// <summary>One line of a job's log, as section 5 of the contract writes it.</summary>
/// <param name="No">1, 2, 3, … per job without gaps.</param>
/// <param name="Level">info, warning or error.</param>
public sealed record EventView(
    long No,
    Guid JobId,
    DateTimeOffset At,
    string Type,
    string Level,
    string Message,
    RawJson? Data,
    string? Actor
)
{
    public static EventView Of(LiveEvent line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return new(
            line.No,
            line.JobId,
            line.At,
            line.Type,
            line.Level,
            line.Message,
            RawJson.Of(line.Data),
            line.Actor
        );
    }

    internal static EventView Of(EventRow line) =>
        new(line.No, line.JobId, line.At, line.Type, line.Level, line.Message, RawJson.Of(line.Data), line.Actor);
}
