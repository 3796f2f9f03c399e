using System.Threading.Channels;
using AgentControl.Engine.Live;
using AgentControl.Engine.Services;

namespace AgentControl.Web.Live;

/// <summary>Sends <c>serviceChanged</c> to everybody who watches everything: the service as it is now, after its circuit changed here or in another process.</summary>
internal sealed class LiveServices(
    ServiceChanges changes,
    ServiceQueries services,
    LiveMessages messages,
    LiveClients clients,
    LiveContents contents
) : BackgroundService
{
    private readonly Channel<string> changed = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var heard = changes.Subscribe(name =>
        {
            if (!clients.None)
                changed.Writer.TryWrite(name);
        });
        await foreach (var name in changed.Reader.ReadAllAsync(stoppingToken))
            await contents.GuardAsync(() => TellAsync(name, stoppingToken), stoppingToken);
    }

    private async Task TellAsync(string name, CancellationToken cancellationToken)
    {
        if (await services.FindAsync(name, cancellationToken) is { } service)
            messages.ToAll("serviceChanged", service);
    }
}
