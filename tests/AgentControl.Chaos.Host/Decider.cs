using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Approvals;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace AgentControl.Chaos.Host;

/// <summary>A person who approves whatever is asked.</summary>
internal sealed class Decider(NpgsqlDataSource database, ApprovalCommands approvals) : BackgroundService
{
    private static readonly Caller Person = new(
        CallerKind.Person,
        Guid.Parse("5f2b7c64-0d1e-4a6b-9c33-7f1c6f6a9e01"),
        "Chaos"
    )
    {
        Roles = Caller.Global(Role.Approver),
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var pending = new List<Guid>();
                await using (var command = database.CreateCommand("SELECT id FROM approvals WHERE state = 'pending'"))
                await using (var row = await command.ExecuteReaderAsync(stoppingToken))
                {
                    while (await row.ReadAsync(stoppingToken))
                        pending.Add(row.GetGuid(0));
                }
                foreach (var id in pending)
                    await approvals.DecideAsync(id, ApprovalDecision.Approve, 1, null, null, Person, stoppingToken);
            }
            catch (NpgsqlException)
            {
                // The database is away; the person tries again.
            }
        }
    }
}
