using System.Text.Json;
using AgentControl.Core.Jobs;
using AgentControl.Core.Services;

namespace AgentControl.Agents.Mcp;

/// <summary>What it means that a server gave no answer: before a call nothing has happened, in a call nobody knows.</summary>
internal static class McpFailure
{
    public static Exception BeforeCall(McpServerSettings server, Exception problem, bool late, TimeSpan? within)
    {
        var fault = Fault(server, problem, late);
        if (late && within is { } shorter && shorter.TotalSeconds < server.TimeoutSeconds)
            fault = fault with { Message = $"its {shorter.TotalSeconds:0} s are over" };
        return fault.Status is >= 300 and < 400
            ? Redirected(server, fault)
            : new ServiceException(fault.Describe(server.Service), fault, problem);
    }

    public static Exception InCall(McpServerSettings server, Exception problem, bool late, bool repeatable)
    {
        var fault = Fault(server, problem, late);
        if (fault.Status is >= 300 and < 400)
            return Redirected(server, fault);
        if (!repeatable && !NeverArrived(problem) && fault.Status is null or >= 500)
            fault = fault with { Code = ServiceFault.OutcomeUnknown, Status = null };
        return new ServiceException(fault.Describe(server.Service), fault, problem);
    }

    private static PermanentFailureException Redirected(McpServerSettings server, ServiceFault fault) =>
        new(
            "redirect",
            $"{server.Service} answered {fault.Status}, a redirect, which is not followed. Set AgentControl:McpServers:{server.Name}:Url to where it leads."
        );

    private static ServiceFault Fault(McpServerSettings server, Exception problem, bool late) =>
        late
            ? new() { Code = ServiceFault.TimedOut, Message = $"its {server.TimeoutSeconds} s are over" }
            : new()
            {
                Status = Http(problem) is { StatusCode: { } status } ? (int)status : null,
                Message = Why(problem),
            };

    /// <summary>The server was not reached, so it did nothing.</summary>
    private static bool NeverArrived(Exception problem) =>
        Http(problem)?.HttpRequestError
            is HttpRequestError.NameResolutionError
                or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError;

    private static HttpRequestException? Http(Exception? problem)
    {
        for (; problem is not null; problem = problem.InnerException)
        {
            if (problem is HttpRequestException http)
                return http;
        }
        return null;
    }

    /// <summary>What the innermost problem says, without the words of the layers around it.</summary>
    private static string Why(Exception problem)
    {
        while (
            problem.InnerException is { } inner
            && problem is not (McpStartException or HttpRequestException { StatusCode: not null })
        )
            problem = inner;
        if (problem is JsonException)
            return "what it answers is no message of MCP";
        var line = problem.Message.ReplaceLineEndings(" ").Trim();
        return McpText.Cut(line, 500);
    }
}
