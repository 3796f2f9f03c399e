using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AgentControl.Engine.Storage;

/// <summary>The Data Protection keys of all processes, in <c>data_protection_keys</c>. Read at every start: through EF Core that alone was half of a worker's start.</summary>
internal sealed class SharedKeys(NpgsqlDataSource database) : IXmlRepository
{
    /// <summary>Part of every protected value: another name could read none of what this one wrote.</summary>
    public const string ApplicationName = "AgentControl";

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("SELECT xml FROM data_protection_keys WHERE xml <> ''");
        using var row = command.ExecuteReader();
        var keys = new List<XElement>();
        while (row.Read())
            keys.Add(XElement.Parse(row.GetString(0)));
        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = database.CreateCommand(
            "INSERT INTO data_protection_keys (friendly_name, xml) VALUES ($1, $2)"
        );
        command.Parameters.Add(new NpgsqlParameter { Value = friendlyName });
        command.Parameters.Add(new NpgsqlParameter { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.ExecuteNonQuery();
    }
}

/// <summary>What one process protected, the others read.</summary>
public static class SharedKeysRegistration
{
    public static void AddSharedKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName(SharedKeys.ApplicationName);
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<NpgsqlDataSource>((keys, database) => keys.XmlRepository = new SharedKeys(database));
    }
}
