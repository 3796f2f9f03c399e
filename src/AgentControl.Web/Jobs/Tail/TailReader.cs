using System.Text.Json;
using AgentControl.Engine.Events;

namespace AgentControl.Web.Jobs.Tail;

/// <summary>Reads a job's log for the tail.</summary>
internal sealed class TailReader(EventQueries events)
{
    private const int Chunk = 500;

    /// <summary>The newest lines.</summary>
    public async Task<IReadOnlyList<TailLine>> EndAsync(Guid jobId, CancellationToken cancellationToken) =>
        [.. (await events.BeforeAsync(jobId, null, Chunk, cancellationToken: cancellationToken)).Select(Line)];

    /// <summary>Everything behind a number, up to what a tail holds.</summary>
    public async Task<IReadOnlyList<TailLine>> AfterAsync(
        Guid jobId,
        long after,
        CancellationToken cancellationToken
    ) => [.. (await events.AfterAsync(jobId, after, TailView.Most, cancellationToken: cancellationToken)).Select(Line)];

    public async Task<IReadOnlyList<TailLine>> BeforeAsync(Guid jobId, long before) =>
        [.. (await events.BeforeAsync(jobId, before, Chunk)).Select(Line)];

    private static TailLine Line(EventView line) =>
        new(line.No, line.At, line.Type, line.Level, line.Message, line.Data?.ToString(), line.Actor)
        {
            Step = StepOf(line),
        };

    private static string? StepOf(EventView line) =>
        line.Type.StartsWith("step.", StringComparison.Ordinal)
        && line.Data?.ToElement() is { ValueKind: JsonValueKind.Object } data
        && data.TryGetProperty("key", out var key)
        && key.ValueKind == JsonValueKind.String
            ? key.GetString()
            : null;
}
