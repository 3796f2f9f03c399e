using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Authorization;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Role = AgentControl.Engine.Access.Role;

namespace AgentControl.Web.Mcp;

/// <summary>One call of a tool: who calls, with what at hand, and how to tell them how far it is.</summary>
internal sealed class ToolCall
{
    private readonly IServiceProvider services;
    private readonly Func<float, string, Task>? tell;

    private ToolCall(
        ClaimsPrincipal user,
        IServiceProvider services,
        Func<float, string, Task>? tell,
        CancellationToken cancelled
    ) => (User, this.services, this.tell, Cancelled) = (user, services, tell, cancelled);

    public ClaimsPrincipal User { get; }

    /// <summary>Whoever the key of this request belongs to, with the roles of this moment.</summary>
    public Caller Caller => User.RequireCaller();

    /// <summary>Fires when the client takes the call back, or goes away.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>Whether the client wants to hear how far it is.</summary>
    public bool IsWatched => tell is not null;

    public static ToolCall Of(RequestContext<CallToolRequestParams> request, CancellationToken cancelled)
    {
        var token = request.Params?.ProgressToken;
        return new ToolCall(
            request.User ?? new ClaimsPrincipal(),
            request.Services ?? throw new InvalidOperationException("The request has no services."),
            token is { } known
                ? (progress, message) =>
                    request.Server.NotifyProgressAsync(
                        known,
                        new ProgressNotificationValue { Progress = progress, Message = message },
                        cancellationToken: cancelled
                    )
                : null,
            cancelled
        );
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>Whether the policy of this role lets the caller in, as it does on REST's routes.</summary>
    public async Task<bool> MayAsync(Role least) => await MayAsync(services, User, least);

    public static async Task<bool> MayAsync(IServiceProvider services, ClaimsPrincipal user, Role least) =>
        (
            await services
                .GetRequiredService<IAuthorizationService>()
                .AuthorizeAsync(user, resource: null, Policies.Of(least))
        ).Succeeded;

    /// <summary>Where the client asked for it.</summary>
    /// <param name="progress">Grows from one to the next.</param>
    public Task TellAsync(double progress, string message) =>
        tell?.Invoke((float)progress, message) ?? Task.CompletedTask;
}
