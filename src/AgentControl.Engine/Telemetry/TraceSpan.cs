using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace AgentControl.Engine.Telemetry;

/// <summary>One span as it is sent. Its ids follow from the job and the step, so that the same thing has the same id whoever sends it, and how often.</summary>
/// <param name="Error">What went wrong; null where nothing did.</param>
internal sealed record TraceSpan(
    byte[] TraceId,
    byte[] SpanId,
    byte[]? ParentId,
    string Name,
    bool CallsOut,
    DateTimeOffset Start,
    DateTimeOffset End,
    string? Error,
    IReadOnlyList<(string Key, object Value)> Attributes,
    IReadOnlyList<TraceMoment> Moments
);

/// <summary>Something that happened within a span.</summary>
internal sealed record TraceMoment(
    DateTimeOffset At,
    string Name,
    IReadOnlyList<(string Key, object Value)> Attributes
);

/// <summary>The ids of traces and spans.</summary>
internal static class TraceIds
{
    private const int SpanBytes = 8;

    /// <summary>The trace of a task: the submitter's where there is one, else the task's own id.</summary>
    /// <param name="traceparent">As it came with the submission.</param>
    /// <returns>The trace, the submitter's span, and whether the trace is wanted.</returns>
    public static (byte[] Trace, byte[]? Parent, bool Wanted) Trace(Guid task, string? traceparent)
    {
        if (traceparent is null || !ActivityContext.TryParse(traceparent, null, out var from))
            return (task.ToByteArray(bigEndian: true), null, true);
        var (trace, span) = (new byte[16], new byte[SpanBytes]);
        from.TraceId.CopyTo(trace);
        from.SpanId.CopyTo(span);
        return (trace, span, from.TraceFlags.HasFlag(ActivityTraceFlags.Recorded));
    }

    /// <summary>A job, until its end of this generation.</summary>
    public static byte[] OfJob(Guid job, int generation) => Hash($"{job:N} {generation}");

    public static byte[] OfStep(Guid job, string key, int generation) => Hash($"{job:N} {generation} {key}");

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..SpanBytes];
}
