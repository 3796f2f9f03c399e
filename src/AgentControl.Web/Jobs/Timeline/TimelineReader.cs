using System.Text.Json;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Engine.Events;
using AgentControl.Engine.Steps;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>Reads the journal for the timeline: all of it once, then only what was recorded since.</summary>
internal sealed class TimelineReader(StepOutlineQueries steps, EventQueries events)
{
    /// <summary>The most steps that are read at once.</summary>
    private const int Chunk = 5_000;

    private static readonly EventFilter Telling = new(
        Types: [EventTypes.StepRetrying, EventTypes.CheckpointSaved, .. TimelineJournal.Turns]
    );

    public async Task<bool> ReadAsync(TimelineJournal journal, Guid jobId, CancellationToken cancellationToken)
    {
        var changed = false;
        while (true)
        {
            var told = await events.AfterAsync(jobId, journal.LastEvent, Chunk, Telling, cancellationToken);
            if (told.Any(e => e.Type == EventTypes.JobRetried && journal.LastStep > 0))
                journal.Forget();
            var outline = await steps.SinceAsync(jobId, journal.LastStep, Chunk, cancellationToken);
            changed |= journal.Take(outline, told.Select(Told));
            if (outline.Count(s => s.No is not null) < Chunk && told.Count < Chunk)
                return changed;
        }
    }

    private static TimelineEvent Told(EventView line)
    {
        var data = line.Data?.ToElement();
        string? Text(string name) =>
            data is { ValueKind: JsonValueKind.Object } d
            && d.TryGetProperty(name, out var v)
            && v.ValueKind == JsonValueKind.String
                ? v.GetString()
                : null;
        double? Number(string name) =>
            data is { ValueKind: JsonValueKind.Object } d
            && d.TryGetProperty(name, out var v)
            && v.ValueKind == JsonValueKind.Number
                ? v.GetDouble()
                : null;
        return new(
            line.No,
            line.At,
            line.Type,
            line.Message,
            Text("key"),
            (int?)Number("attempt"),
            Number("delaySeconds"),
            Text("reason")
        );
    }
}
