import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Label;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.io.ByteUnit;

/** The graph in an embedded Neo4j: relationships that hold are of other types than those that have ended, so that a walk now reads no properties. */
final class Store implements AutoCloseable {
  static final Label NODE = Label.label("Node");

  final GraphDatabaseService graph;
  /** Neo4j's id of each number, and back. */
  final long[] ids;
  final int[] numbers;
  final RelationshipType[] live;
  final RelationshipType[] all;
  private final DatabaseManagementService service;

  /** Each line of the file: from, to, type, begin, end or nothing. */
  Store(Path folder, Path edges, int nodes, int boltPort) throws IOException {
    service = new DatabaseManagementServiceBuilder(folder)
        .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(512))
        .setConfig(GraphDatabaseSettings.auth_enabled, false)
        .setConfig(BoltConnector.enabled, true)
        .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", boltPort))
        .build();
    graph = service.database(GraphDatabaseSettings.DEFAULT_DATABASE_NAME);
    ids = new long[nodes];
    live = new RelationshipType[] {live("depends-on"), live("contains")};
    all = new RelationshipType[] {live[0], live[1], past("depends-on"), past("contains")};
    makeNodes();
    numbers = new int[(int) Arrays.stream(ids).max().orElse(-1) + 1];
    for (int number = 0; number < nodes; number++) numbers[(int) ids[number]] = number;
    makeEdges(edges);
    try (var tx = graph.beginTx()) {
      tx.schema().constraintFor(NODE).assertPropertyIsUnique("number").create();
      tx.commit();
    }
  }

  private static RelationshipType live(String type) {
    return RelationshipType.withName(type);
  }

  private static RelationshipType past(String type) {
    return RelationshipType.withName(type + "-once");
  }

  private void makeNodes() {
    for (int from = 0; from < ids.length; from += 20_000)
      try (var tx = graph.beginTx()) {
        for (int number = from; number < Math.min(ids.length, from + 20_000); number++) {
          var node = tx.createNode(NODE);
          node.setProperty("number", number);
          ids[number] = node.getId();
        }
        tx.commit();
      }
  }

  private void makeEdges(Path edges) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(edges));
    for (int from = 0; from < lines.size(); from += 20_000)
      try (var tx = graph.beginTx()) {
        for (String line : lines.subList(from, Math.min(lines.size(), from + 20_000))) {
          String[] parts = line.split("\t", -1);
          boolean ended = !parts[4].isEmpty();
          var relationship = tx.getNodeById(ids[Integer.parseInt(parts[0])])
              .createRelationshipTo(tx.getNodeById(ids[Integer.parseInt(parts[1])]), ended ? past(parts[2]) : live(parts[2]));
          relationship.setProperty("begin", Long.parseLong(parts[3]));
          if (ended) relationship.setProperty("end", Long.parseLong(parts[4]));
        }
        tx.commit();
      }
  }

  @Override
  public void close() {
    service.shutdown();
  }
}
