using System.Reflection;
using System.Text.Json;
using AgentControl.Engine.Access;
using AgentControl.Web.Live;
using AgentControl.Web.Tests.Fixtures;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using static AgentControl.Web.Tests.Fixtures.ProblemReading;

namespace AgentControl.Web.Tests.Access;

/// <summary>Which role may call which method of the live hub. A method that is not listed makes this fail.</summary>
public sealed class HubMatrixTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private const string Elsewhere = "legal";

    /// <summary>A method, and whether its answer is about the job that is named: then the role counts in that job's workspace.</summary>
    private static readonly Dictionary<string, bool> _ofAJob = new(StringComparer.Ordinal)
    {
        [nameof(LiveHub.WatchJob)] = true,
        [nameof(LiveHub.UnwatchJob)] = false,
        [nameof(LiveHub.WatchAll)] = false,
    };

    private static IEnumerable<MethodInfo> Methods =>
        typeof(LiveHub)
            .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => !m.IsSpecialName && m.GetBaseDefinition() == m);

    [Fact]
    public void Every_method_of_the_hub_is_listed() =>
        Assert.Equal(
            _ofAJob.Keys.Order(StringComparer.Ordinal),
            Methods.Select(m => m.Name).Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData(null, Caller.Everywhere, false, false)]
    [InlineData(Role.Display, Caller.Everywhere, false, false)]
    [InlineData(Role.Viewer, Elsewhere, true, false)]
    [InlineData(Role.Admin, Elsewhere, true, false)]
    [InlineData(Role.Viewer, Caller.Everywhere, true, true)]
    [InlineData(Role.Operator, Caller.Everywhere, true, true)]
    [InlineData(Role.Approver, Caller.Everywhere, true, true)]
    [InlineData(Role.Admin, Caller.Everywhere, true, true)]
    public async Task Every_method_lets_in_exactly_who_may_look(Role? role, string workspace, bool connects, bool sees)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var job = await program.SubmitAsync(
            new
            {
                agent = "synthetic",
                input = new { steps = 1 },
                runAt = DateTimeOffset.UtcNow.AddDays(1),
            }
        );
        var key = role is { } known ? await program.KeyAsync(known, workspace) : null;
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(program.Address, LiveHub.Path), o => o.AccessTokenProvider = () => Task.FromResult(key))
            .Build();
        if (!connects)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => hub.StartAsync(end.Token));
            return;
        }
        await hub.StartAsync(end.Token);

        foreach (var method in Methods)
        {
            // The short id and the id lead to the same answer: neither is a way round.
            foreach (var id in new[] { job.Text("id"), job.Text("shortId") })
            {
                object?[] arguments = [.. method.GetParameters().Select(_ => id)];
                var call = hub.InvokeCoreAsync<JsonElement>(method.Name, arguments, end.Token);
                if (sees || !_ofAJob[method.Name])
                    await call;
                else
                    Assert.Contains(
                        "Needs the Viewer role",
                        (await Assert.ThrowsAsync<HubException>(() => call)).Message,
                        StringComparison.Ordinal
                    );
            }
        }
    }
}
