using Npgsql;

namespace AgentControl.Engine.Storage;

/// <summary>Short forms for small statements with positional parameters.</summary>
internal static class Sql
{
    /// <summary><c>ac_now()</c>, written out for statements that run for each step or job: calling it costs more than all it does.</summary>
    public const string Now = "clock_timestamp() + (SELECT shift FROM clock)";

    public static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, params object?[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row; the default where there is none.</summary>
    public static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, params object?[] values)
    {
        await using var command = Command(connection, sql, values);
        var value = await command.ExecuteScalarAsync();
        return value is null or DBNull ? default : (T)value;
    }

    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }
}
