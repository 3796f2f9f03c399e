using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Storage;

/// <summary>Names tables, columns, keys and indexes the way SQL is written by hand: lower case with underscores.</summary>
internal static partial class SnakeCaseNames
{
    public static void Apply(ModelBuilder builder)
    {
        foreach (var entity in builder.Model.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table)
                entity.SetTableName(Convert(table));
            foreach (var property in entity.GetProperties())
                property.SetColumnName(Convert(property.GetColumnName()));
            foreach (var key in entity.GetKeys())
                key.SetName(Convert(key.GetName() ?? ""));
            foreach (var foreignKey in entity.GetForeignKeys())
                foreignKey.SetConstraintName(Convert(foreignKey.GetConstraintName() ?? ""));
            foreach (var index in entity.GetIndexes())
                index.SetDatabaseName(Convert(index.GetDatabaseName() ?? ""));
        }
    }

    public static string Convert(string name) =>
        WordStart().Replace(name.Replace("AspNet", "", StringComparison.Ordinal), "_").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])", RegexOptions.None, 1000)]
    private static partial Regex WordStart();
}
