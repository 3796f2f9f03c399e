using Npgsql;

namespace AgentControl.Engine.Hosting;

/// <summary>Connections for the engine's own statements. They are few, always the same, prepared and planned once: planning them anew costs more than running them. Searches, whose best plan depends on their values, use the ordinary pool.</summary>
internal sealed class EnginePool(NpgsqlDataSource database) : IAsyncDisposable
{
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken = default) =>
        database.OpenConnectionAsync(cancellationToken);

    /// <param name="configure">What else the data source is to do, such as logging.</param>
    public static EnginePool Of(string connectionString, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = "agentcontrol-engine" };
        configure?.Invoke(builder);
        var options = builder.ConnectionStringBuilder;
        options.ApplicationName ??= "AgentControl";
        options.Options = $"{options.Options} -c plan_cache_mode=force_generic_plan".Trim();
        options.MaxAutoPrepare = Math.Max(options.MaxAutoPrepare, 100);
        options.AutoPrepareMinUsages = 2;
        // Nothing of the engine leaves a trace on its connection.
        options.NoResetOnClose = true;
        return new(builder.WithOwnTypesOnly().Build());
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();
}

internal static class DataSources
{
    /// <summary>PostgreSQL's own types alone. Reading all others from the catalog would cost more than any statement of a start.</summary>
    public static NpgsqlDataSourceBuilder WithOwnTypesOnly(this NpgsqlDataSourceBuilder builder) =>
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
}
