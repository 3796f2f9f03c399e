using System.Collections.Concurrent;
using AgentControl.Engine.Access;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.SignalR;

namespace AgentControl.Web.Live;

/// <summary>The hub's connections and what each of them watches. It is the hub's lifetime manager, because only that sees connections.</summary>
internal sealed class LiveClients(ILogger<DefaultHubLifetimeManager<LiveHub>> logger, TimeProvider time)
    : DefaultHubLifetimeManager<LiveHub>(logger),
        IDisposable
{
    private readonly ConcurrentDictionary<string, LiveClient> clients = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim arrivals = new(0);

    public IReadOnlyCollection<LiveClient> All => (IReadOnlyCollection<LiveClient>)clients.Values;

    public bool None => clients.IsEmpty;

    /// <summary>The jobs that somebody watches.</summary>
    public IEnumerable<Guid> Jobs => clients.Values.SelectMany(c => c.Jobs.Keys);

    /// <summary>Whether somebody watches this very job.</summary>
    public bool Watch(Guid jobId) => !clients.IsEmpty && clients.Values.Any(c => c.Jobs.ContainsKey(jobId));

    /// <summary>Ends as soon as there is a connection.</summary>
    public async Task SomebodyAsync(CancellationToken cancellationToken)
    {
        while (clients.IsEmpty)
            await arrivals.WaitAsync(cancellationToken);
    }

    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        clients[connection.ConnectionId] = new(connection, connection.User.ToCaller(), time);
        if (arrivals.CurrentCount == 0)
            arrivals.Release();
        return base.OnConnectedAsync(connection);
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        clients.TryRemove(connection.ConnectionId, out _);
        return base.OnDisconnectedAsync(connection);
    }

    public void Dispose() => arrivals.Dispose();

    public void WatchJob(string connectionId, Guid jobId, string workspace)
    {
        if (clients.TryGetValue(connectionId, out var client))
            client.Jobs[jobId] = workspace;
    }

    public void UnwatchJob(string connectionId, Guid jobId)
    {
        if (clients.TryGetValue(connectionId, out var client))
            client.Jobs.TryRemove(jobId, out _);
    }

    public void WatchAll(string connectionId, IReadOnlyCollection<string>? visible)
    {
        if (clients.TryGetValue(connectionId, out var client))
            client.All = LiveAudience.Of(visible);
    }

    /// <summary>Takes from each client what its caller may no longer see; ends those whose caller is gone.</summary>
    public async Task RefreshAsync(CallerDirectory directory, CancellationToken cancellationToken)
    {
        foreach (var client in clients.Values)
        {
            var caller = client.Caller is { } known ? await directory.RefreshAsync(known, cancellationToken) : null;
            if (caller is null)
            {
                client.End();
                continue;
            }
            client.Caller = caller;
            if (client.All is not null)
                client.All = LiveAudience.Of(caller.Workspaces);
            foreach (var (job, workspace) in client.Jobs)
            {
                if (!caller.Has(Role.Viewer, workspace))
                    client.Jobs.TryRemove(job, out _);
            }
        }
    }
}
