using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Storage;

/// <summary>Fills a command's parameters in a fixed order: adds them the first time and only sets their values from then on, so that the command stays prepared.</summary>
internal sealed class ParameterFill(NpgsqlParameterCollection into)
{
    private int at;

    public void Value<T>(string name, NpgsqlDbType type, T value)
    {
        if (at == into.Count)
            into.Add(new NpgsqlParameter<T>(name, type));
        ((NpgsqlParameter<T>)into[at++]).TypedValue = value;
    }

    public void Array<T>(string name, NpgsqlDbType type, IEnumerable<T> values) =>
        Value<T[]>(name, NpgsqlDbType.Array | type, [.. values]);
}
