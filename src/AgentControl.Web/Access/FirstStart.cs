using System.Text.RegularExpressions;
using AgentControl.Engine.Access;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Access;

/// <summary>At start: what the configuration asks for, and the set-up link where there is no admin yet.</summary>
internal sealed partial class FirstStart(
    IServiceScopeFactory scopes,
    IOptions<BootstrapOptions> options,
    IConfiguration configuration,
    ILogger<FirstStart> logger
) : IHostedService
{
    private const string DefaultUrl = "http://localhost:5080";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Errors() is [_, ..] errors)
            throw new InvalidOperationException(string.Join(' ', errors));
        await using var scope = scopes.CreateAsyncScope();
        await BootstrapAsync(scope.ServiceProvider.GetRequiredService<AccessBootstrap>(), cancellationToken);
        var token = await scope.ServiceProvider.GetRequiredService<FirstAdmin>().NewTokenAsync(cancellationToken);
        if (token is not null)
            Log.SetupLink(logger, $"{PublicUrl}/setup?token={token}");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Without a public address the link names where the program listens, so that it opens on this machine.
    private string PublicUrl =>
        (
            configuration["AgentControl:PublicUrl"] is [_, ..] configured ? configured
            : configuration["urls"]?.Split(';')[0] is [_, ..] listens ? AnyHost().Replace(listens, "://localhost")
            : DefaultUrl
        ).TrimEnd('/');

    private async Task BootstrapAsync(AccessBootstrap bootstrap, CancellationToken cancellationToken)
    {
        var wanted = options.Value;
        if (wanted.ApiKey is [_, ..] key && await bootstrap.EnsureKeyAsync(key, cancellationToken))
            Log.BootstrapKeyMade(logger);
        if (
            wanted is { AdminEmail: [_, ..] email, AdminPassword: [_, ..] password }
            && await bootstrap.EnsureAdminAsync(email, password, cancellationToken)
        )
        {
            Log.BootstrapAdminMade(logger, email);
        }
    }

    [GeneratedRegex(@"://(\*|\+|0\.0\.0\.0|\[::\])(?=[:/]|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AnyHost();
}
