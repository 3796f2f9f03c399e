using AgentControl.Core.Services;

namespace AgentControl.Engine.LanguageModels.Wire;

/// <summary>What a call's record says of its failure.</summary>
internal static class WireFaults
{
    private const string Ended = "it ended before its last event";

    /// <summary>For a call whose client threw; null where that has nothing to do with the provider.</summary>
    public static ServiceFault? Of(Exception problem, WireRecord record, StreamClock clock, WireDialect dialect)
    {
        if (clock.Expired is { } late)
            return new ServiceFault
            {
                Code = ServiceFault.TimedOut,
                Message = late,
                RequestId = record.RequestId,
            };
        return record.Status switch
        {
            null => NoAnswer(problem),
            >= 200 and < 300 => Unread(problem, record, dialect)
                ?? Broken(record)
                ?? Unusable(record)
                ?? InStream(record, null, problem.Message),
            _ => Refused(record),
        };
    }

    /// <summary>For a call that came to its end; null where the answer is a good one.</summary>
    public static ServiceFault? Of(WireRecord record, WireDialect dialect) =>
        Broken(record)
        ?? Unusable(record)
        ?? (dialect.IsGood(record.StopReason!) ? null : Stopped(record, record.StopReason!));

    /// <summary>A client that meets a word it does not know throws before the stream's end.</summary>
    private static ServiceFault? Unread(Exception problem, WireRecord record, WireDialect dialect) =>
        record is { Error: null, StopReason: { } reason } && !dialect.IsGood(reason) && NoAnswer(problem) is null
            ? Stopped(record, reason)
            : null;

    private static ServiceFault Refused(WireRecord record) =>
        new()
        {
            Status = record.Status,
            Code = record.Error?.Code,
            Message = record.Error?.Message,
            ShouldRetry = record.ShouldRetry,
            RetryAfter = record.RetryAfter,
            RequestId = record.RequestId,
        };

    /// <summary>An error event, or an end before the last one.</summary>
    private static ServiceFault? Broken(WireRecord record) =>
        record switch
        {
            { Error: { } error } => InStream(record, error.Code, error.Message),
            { IsWhole: false } => InStream(record, null, Ended),
            _ => null,
        };

    /// <summary>A refusal in words, or an end for which the provider has no word.</summary>
    private static ServiceFault? Unusable(WireRecord record) =>
        record switch
        {
            { Refusal: { } words } => Stopped(record, "refusal") with { Message = words.ToString() },
            { StopReason: null } => InStream(record, null, "it ended without a stop reason"),
            _ => null,
        };

    private static ServiceFault Stopped(WireRecord record, string reason) =>
        new()
        {
            Status = record.Status,
            StopReason = reason,
            RequestId = record.RequestId,
        };

    private static ServiceFault InStream(WireRecord record, string? code, string? message) =>
        new()
        {
            Status = record.Status,
            Code = code,
            Message = message,
            InStream = true,
            RequestId = record.RequestId,
        };

    private static ServiceFault? NoAnswer(Exception problem)
    {
        for (var inner = problem; inner is not null; inner = inner.InnerException)
        {
            if (ServiceFault.Of(inner) is { } fault)
                return fault;
        }
        return null;
    }
}
