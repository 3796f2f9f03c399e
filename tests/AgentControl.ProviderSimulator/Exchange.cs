using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentControl.Simulation.Faults;
using AgentControl.Simulation.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AgentControl.Simulation;

/// <summary>One request and its answer: read, log, meet the fault, speak.</summary>
internal sealed class Exchange(
    Dialect dialect,
    CallLog log,
    FaultScript faults,
    AnswerScript answers,
    TimeProvider time
)
{
    public async Task ServeAsync(HttpContext http)
    {
        var no = log.Next();
        var requestId = $"req_sim_{no}";
        var key = KeyOf(http.Request);
        using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var conversation = dialect.Read(document.RootElement);
        var fault = key is null
            ? FaultCatalog.Find("unauthorized")
            : faults.Take(dialect.Name, conversation.Model, key);
        log.Add(
            new Call(
                no,
                time.GetUtcNow(),
                dialect.Name,
                http.Request.Path,
                http.Request.Headers.ToDictionary(
                    h => h.Key,
                    h => h.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase
                ),
                key,
                document.RootElement.Clone(),
                conversation.Model,
                requestId,
                fault?.Name
            )
        );
        if (fault is { Refuse: true })
        {
            http.Abort();
            return;
        }
        await PauseAsync(fault?.DelaySeconds, http.RequestAborted);
        WriteHeaders(http.Response, fault, requestId);
        if (fault?.Status is not null)
            await WriteErrorAsync(http.Response, fault, requestId);
        else if (conversation.Streams)
            await StreamAsync(http, conversation, fault, no);
        else
            await http.Response.WriteAsJsonAsync(
                dialect.Body(conversation, answers.For(conversation), fault, Id(no)),
                http.RequestAborted
            );
    }

    private void WriteHeaders(HttpResponse response, Fault? fault, string requestId)
    {
        response.Headers[dialect.RequestIdHeader] = requestId;
        foreach (var (name, value) in dialect.Limits)
            response.Headers[name] = value;
        if (fault is null)
            return;
        foreach (var (name, value) in fault.Headers)
            response.Headers[name] = value;
        if (fault.RetryAfterDateSeconds is { } seconds)
            response.Headers.RetryAfter = (time.GetUtcNow() + TimeSpan.FromSeconds(seconds)).ToString(
                "R",
                CultureInfo.InvariantCulture
            );
    }

    private async Task WriteErrorAsync(HttpResponse response, Fault fault, string requestId)
    {
        response.StatusCode = dialect.Status(fault);
        if (fault.RawBody is { } raw)
            await response.WriteAsync(raw);
        else
            await response.WriteAsJsonAsync(dialect.Error(fault, requestId));
    }

    private async Task StreamAsync(HttpContext http, Conversation conversation, Fault? fault, int no)
    {
        var stop = http.RequestAborted;
        http.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        var (opening, tokens, closing) = dialect.Stream(conversation, answers.For(conversation), fault, Id(no));
        foreach (var frame in opening)
            await WriteAsync(http, frame);
        await PauseAsync(fault?.FirstTokenDelaySeconds, stop);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (i == fault?.AfterTokens && await BreakAsync(http, fault, no))
                return;
            await PauseAsync(fault?.TokenDelaySeconds, stop);
            await WriteAsync(http, tokens[i]);
        }
        // A fault that waits for more tokens than there are happens before the end.
        if (fault is not null && fault.AfterTokens >= tokens.Count)
        {
            foreach (var frame in closing.SkipLast(1))
                await WriteAsync(http, frame);
            if (await BreakAsync(http, fault, no))
                return;
            await WriteAsync(http, closing[^1]);
            return;
        }
        foreach (var frame in closing)
            await WriteAsync(http, frame);
    }

    /// <summary>True where nothing comes behind it.</summary>
    private async Task<bool> BreakAsync(HttpContext http, Fault fault, int no)
    {
        switch (fault.Stream)
        {
            case StreamFault.Silence:
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                return true;
            case StreamFault.Pings:
                while (true)
                {
                    await WriteAsync(http, dialect.Ping);
                    await PauseAsync(0.05, http.RequestAborted);
                }
            case StreamFault.Drop:
                // A reset takes away what the client has not read yet: it is to see the beginning.
                await PauseAsync(0.05, http.RequestAborted);
                http.Abort();
                return true;
            case StreamFault.End:
                return true;
            case StreamFault.Error:
                var failed = dialect is ResponsesDialect && no % 2 == 0;
                await WriteAsync(
                    http,
                    failed ? ResponsesDialect.FailedFrame(fault, Id(no)) : dialect.ErrorFrame(fault)
                );
                return true;
            case StreamFault.Hold:
                await faults.HoldAsync(http.RequestAborted);
                return false;
            default:
                return false;
        }
    }

    private static async Task WriteAsync(HttpContext http, string frame)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(frame), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private Task PauseAsync(double? seconds, CancellationToken stop) =>
        seconds is > 0 ? Task.Delay(TimeSpan.FromSeconds(seconds.Value), time, stop) : Task.CompletedTask;

    private static string Id(int no) => $"sim{no:0000}";

    private static string? KeyOf(HttpRequest request)
    {
        const string Bearer = "Bearer ";
        var key = request.Headers["x-api-key"].ToString();
        if (key.Length == 0 && request.Headers.Authorization.ToString() is var sent)
            key = sent.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? sent[Bearer.Length..].Trim() : "";
        return key.Length == 0 ? null : key;
    }
}
