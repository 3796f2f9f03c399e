using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AgentControl.Web.Tests.Hosting;

public sealed class EndTests
{
    [Fact]
    public async Task A_program_that_is_told_to_end_while_it_starts_ends_without_an_error()
    {
        await using var app = App<ToldToEnd>();
        await app.RunUntilToldAsync();
    }

    [Fact]
    public async Task A_start_that_gives_up_by_itself_is_an_error()
    {
        await using var app = App<GivesUp>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(app.RunUntilToldAsync);
    }

    private static WebApplication App<T>()
        where T : class, IHostedService
    {
        var builder = WebApplication.CreateBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Services.AddHostedService<T>();
        return builder.Build();
    }

    /// <summary>SIGTERM arrives while a part of the start waits for the database.</summary>
    private sealed class ToldToEnd(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class GivesUp : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new OperationCanceledException();

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
