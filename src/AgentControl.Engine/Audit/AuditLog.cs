using System.Text.Json;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Audit;

/// <summary>Appends to the audit log, inside the transaction of the change where there is one.</summary>
public static class AuditLog
{
    private const string AppendSql = """
        INSERT INTO audit_log (id, at, actor, actor_name, origin, action, target, target_name, before, after)
        VALUES ($1, ac_now(), $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    /// <summary>The values of <c>Before</c> and <c>After</c>: states and roles as the contract's words.</summary>
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static async Task AppendAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(AppendSql, connection, transaction);
        command.Parameters.Add(new() { Value = Guid.CreateVersion7() });
        AddText(command, entry.Who.Id);
        AddText(command, entry.Who.Name);
        AddText(command, entry.Who.From);
        AddText(command, entry.Action);
        AddText(command, entry.Target);
        AddText(command, entry.TargetName);
        AddText(command, ToJson(entry.Before));
        AddText(command, ToJson(entry.After));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The same over a context: joins its current transaction.</summary>
    public static async Task AppendAsync(
        this ControlDbContext context,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await AppendAsync(
                (NpgsqlConnection)context.Database.GetDbConnection(),
                context.Database.CurrentTransaction?.GetDbTransaction() as NpgsqlTransaction,
                entry,
                cancellationToken
            );
        }
        finally
        {
            await context.Database.CloseConnectionAsync();
        }
    }

    private static string? ToJson(object? value) => value is null ? null : JsonSerializer.Serialize(value, Json);

    // Text columns refuse the zero character, which names from outside may carry.
    private static void AddText(NpgsqlCommand command, string? value) =>
        command.Parameters.Add(
            new()
            {
                NpgsqlDbType = NpgsqlDbType.Text,
                Value = (object?)value?.Replace("\0", "\uFFFD", StringComparison.Ordinal) ?? DBNull.Value,
            }
        );
}
