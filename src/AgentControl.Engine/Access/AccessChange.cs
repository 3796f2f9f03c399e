using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Access;

/// <summary>One transaction over people, keys and grants. They are taken one after another: such changes are rare.</summary>
internal static class AccessChange
{
    /// <summary>The database's time.</summary>
    public static async Task<DateTimeOffset> NowAsync(
        this ControlDbContext context,
        CancellationToken cancellationToken
    ) =>
        (
            await context
                .Database.SqlQuery<DateTimeOffset>($"SELECT ac_now() AS \"Value\"")
                .ToListAsync(cancellationToken)
        )[0];

    public static Task<T> RunAsync<T>(
        ControlDbContext context,
        Func<Task<T>> change,
        CancellationToken cancellationToken
    ) =>
        context
            .Database.CreateExecutionStrategy()
            .ExecuteAsync(
                async stop =>
                {
                    context.ChangeTracker.Clear();
                    await using var transaction = await context.Database.BeginTransactionAsync(stop);
                    await context.Database.ExecuteSqlAsync(
                        $"SELECT pg_advisory_xact_lock(hashtext('agentcontrol.access'))",
                        stop
                    );
                    var result = await change();
                    await transaction.CommitAsync(stop);
                    return result;
                },
                cancellationToken
            );
}
